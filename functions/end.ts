import { app } from "@azure/functions";
import { program } from "../shared/app.ts";

// No function: a hook for the orderly end of the process.
app.hook.appTerminate(() => program.end());
