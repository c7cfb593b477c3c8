import { spawn } from "node:child_process";
import process from "node:process";

/** Opens the user's browser. Where there is none, the printed address has to do. */
export function openBrowser(address: string): void {
  const [program, ...args] = {
    win32: ["rundll32", "url.dll,FileProtocolHandler"],
    darwin: ["open"],
  }[process.platform as string] ?? ["xdg-open"];
  spawn(program ?? "xdg-open", [...args, address], { stdio: "ignore", detached: true })
    .on("error", () => console.log("No browser could be started: open the address above."))
    .unref();
}
