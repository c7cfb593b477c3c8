/** The element at an index that must be there. */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`expected an element at ${index} of ${list.length}`);
  return found;
}

/** The list with another element at an index. */
export function replaced<T>(list: readonly T[], index: number, element: T): T[] {
  const copy = list.slice();
  copy[index] = element;
  return copy;
}

export function removed<T>(list: readonly T[], index: number): T[] {
  const copy = list.slice();
  copy.splice(index, 1);
  return copy;
}
