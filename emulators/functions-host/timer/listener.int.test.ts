import { fileURLToPath } from "node:url";
import { BlobServiceClient } from "@azure/storage-blob";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FunctionsHost, type FunctionsHostOptions, startFunctionsHost } from "../index.ts";
import { type Azurite, startAzurite } from "../testing/azurite.ts";
import { createRecorder, type Recorder } from "../testing/recorder.ts";

const APP = fileURLToPath(new URL("../fixtures/timer", import.meta.url));

interface Report {
  readonly timer: {
    readonly isPastDue: boolean;
    readonly schedule: unknown;
    readonly scheduleStatus: { readonly last: string; readonly next: string } | null;
  };
  readonly worker: number;
  readonly attempt: number;
}

let azurite: Azurite;
let recorder: Recorder;
let hostId: string;
let hosts: FunctionsHost[] = [];
let tests = 0;

beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.close());

beforeEach(() => {
  recorder = createRecorder();
  hostId = `timers-${tests++}`;
});
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.close()));
  hosts = [];
});

/** Starts a host with only some of the fixture's timers. */
const start = async (timers: string[], settings = {}, more: Partial<FunctionsHostOptions> = {}) => {
  const disabled = ["second", "hourly", "failing"]
    .filter((name) => !timers.includes(name))
    .map((name) => [`AzureWebJobs.${name}.Disabled`, "true"]);
  const host = await startFunctionsHost({
    appFolder: APP,
    settings: {
      AzureWebJobsStorage: azurite.connectionString,
      AzureFunctionsJobHost__id: hostId,
      AzureFunctionsJobHost__singleton__listenerLockRecoveryPollingInterval: "00:00:01",
      HOURLY: "0 0 * * * *",
      ...Object.fromEntries(disabled),
      ...settings,
    },
    onEvent: recorder.onEvent,
    onLog: recorder.onLog,
    ...more,
  });
  hosts.push(host);
  return host;
};
const reports = (name: string): Report[] => recorder.reports<Report>(name);
const statusBlob = () =>
  BlobServiceClient.fromConnectionString(azurite.connectionString)
    .getContainerClient("azure-webjobs-hosts")
    .getBlockBlobClient(`timers/${hostId}/Host.Functions.hourly/status`);

describe("a timer", () => {
  it("fires at each tick, on one of all instances", async () => {
    await start(["second"], {}, { instances: 2 });
    await start(["second"]);
    await recorder.until(() => reports("second").length === 3);
    expect(new Set(reports("second").map(({ worker }) => worker)).size).toBe(1);
    // One that fires each minute or more keeps no status.
    expect(reports("second")[0]?.timer).toEqual({
      schedule: { adjustForDST: true },
      scheduleStatus: null,
      isPastDue: false,
    });
  });

  it("goes on at another host when its own stops", async () => {
    const first = await start(["second"]);
    await recorder.until(() => reports("second").length === 1);
    const second = await start(["second"]);
    await first.close();
    const successor = second.workers()[0]?.pid;
    await recorder.until(() => reports("second").some(({ worker }) => worker === successor));
  });

  it("tries a failed run again as its policy says, and then waits for the next tick", async () => {
    await start(["failing"]);
    await recorder.until(() => reports("failing").length === 4);
    expect(reports("failing").map(({ attempt }) => attempt)).toEqual([1, 2, 1, 2]);
  });

  it("runs at the start when told to", async () => {
    await start(["hourly"], { RUN_ON_STARTUP: "true" });
    await recorder.until(() => reports("hourly").length === 1);
    expect(reports("hourly")[0]?.timer.isPastDue).toBe(false);
  });

  it("knows when it is past due, from the status of an earlier host", async () => {
    const { close } = await start(["hourly"], { RUN_ON_STARTUP: "true" });
    await recorder.until(() => reports("hourly").length === 1);
    await close();
    const stored = JSON.parse((await statusBlob().downloadToBuffer()).toString());
    expect(Date.parse(stored.Next)).toBeGreaterThan(Date.now());

    const nextDay = Date.now() + 86_400_000;
    await start(["hourly"], {}, { now: () => nextDay });
    await recorder.until(() => reports("hourly").length === 2);
    expect(reports("hourly")[1]?.timer).toMatchObject({
      isPastDue: true,
      scheduleStatus: { last: stored.Last, next: stored.Next },
    });
  });

  it("takes a new schedule without a run for the old one", async () => {
    const { close } = await start(["hourly"], { RUN_ON_STARTUP: "true" });
    await recorder.until(() => reports("hourly").length === 1);
    await close();
    const { close: closeAgain } = await start(["hourly", "second"], { HOURLY: "0 30 5 1 1 *" });
    await recorder.until(() => reports("second").length > 0);
    await closeAgain();
    const stored = JSON.parse((await statusBlob().downloadToBuffer()).toString());
    expect(stored).toMatchObject({ Last: "0001-01-01T00:00:00", Next: expect.stringContaining("-01-01T") });
    expect(reports("hourly")).toHaveLength(1);
  });
});
