/** Reads from the service, and changes the page no more than need be. */

export const element = (id) => document.getElementById(id);

/** Reads JSON; throws what has the status of a refusal, or none where the service can't be reached. */
export async function read(path) {
  const response = await fetch(path);
  if (!response.ok) {
    throw Object.assign(new Error(path), { status: response.status });
  }
  return response.json();
}

/** Numbers reads, so that an answer which was overtaken can be told. */
export class Reads {
  #begun = 0;
  #shown = 0;

  begin() {
    return ++this.#begun;
  }

  /** Whether what was read is still news; if so, nothing that was begun before it is any more. */
  isNews(number) {
    if (number < this.#shown) {
      return false;
    }
    this.#shown = number;
    return true;
  }

  /** What was begun until now is no news. */
  overtake() {
    this.#shown = ++this.#begun;
  }
}

/** Gives a parent these children. Those that stay are not touched, so they keep the focus. */
export function arrange(parent, children) {
  const wanted = new Set(children);
  [...parent.children].filter((child) => !wanted.has(child)).forEach((child) => child.remove());
  children.forEach((child, index) => {
    if (parent.children[index] !== child) {
      parent.insertBefore(child, parent.children[index] ?? null);
    }
  });
}

export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}
