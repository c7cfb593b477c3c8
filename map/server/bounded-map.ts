/** A map that forgets what was put into it first, once it holds more than `most`. */
export function boundedMap<Key, Value>(most: number) {
  const entries = new Map<Key, Value>();
  return {
    get: (key: Key): Value | undefined => entries.get(key),
    set(key: Key, value: Value): void {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= most) return;
      const oldest = entries.keys().next();
      if (oldest.done !== true) entries.delete(oldest.value);
    },
    delete: (key: Key): boolean => entries.delete(key),
    values: () => entries.values(),
    clear: () => entries.clear(),
  };
}

export type BoundedMap<Key, Value> = ReturnType<typeof boundedMap<Key, Value>>;
