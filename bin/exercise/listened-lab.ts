import type { ListenedLab } from "../../workshop/exercise/check.ts";
import type { Said } from "../../workshop/exercise/crashes.ts";
import { startLab } from "../../workshop/lab/index.ts";

/** Gives a warm lab to `work`, and closes it however that ends. */
export async function withListenedLab<T>(work: (lab: ListenedLab) => Promise<T>): Promise<T> {
  let hear: (said: Said) => void = () => {};
  const lab = await startLab({ onLog: (line) => hear(line) });
  try {
    return await work({
      lab,
      listen(next) {
        hear = next;
      },
    });
  } finally {
    await lab.close();
  }
}
