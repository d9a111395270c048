import { statusOf } from "../status.ts";
import { readTextProtoFile } from "./config-files.ts";
import { decodeModelServerConfig, type ModelServerConfig } from "./model-server-config.ts";
import type { ServerLog } from "./server-log.ts";

const SOURCE = "tensorflow_serving/model_servers/server.cc";

/** Where a configuration goes. */
export interface Reloadable {
  reload(config: ModelServerConfig): Promise<void>;
}

/** A file of model server configuration: the path to open, and the path that texts name. */
export interface ConfigFile {
  readonly path: string;
}

/** Reads and applies the configuration file again every so many seconds, also if it has not changed. */
export class ConfigPoller {
  private readonly core: Reloadable;
  private readonly file: ConfigFile;
  private readonly seconds: number;
  private readonly log: ServerLog;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(core: Reloadable, file: ConfigFile, seconds: number, log: ServerLog) {
    this.core = core;
    this.file = file;
    this.seconds = seconds;
    this.log = log;
  }

  start(): void {
    const again = async (): Promise<void> => {
      await this.poll();
      if (!this.stopped) this.timer = setTimeout(again, this.seconds * 1000);
    };
    // The first time right after the start.
    this.timer = setTimeout(again, 0);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async poll(): Promise<void> {
    let config: ModelServerConfig;
    try {
      config = decodeModelServerConfig(
        readTextProtoFile(this.file.path, "tensorflow.serving.ModelServerConfig", this.log),
      );
    } catch (error) {
      this.log.error(`${SOURCE}:168`, `Failed to read ModelServerConfig file: ${statusOf(error).message}`);
      return;
    }
    try {
      await this.core.reload(config);
    } catch (error) {
      if (this.stopped) return;
      this.log.error(
        `${SOURCE}:175`,
        `PollFilesystemAndReloadConfig failed to ReloadConfig: ${statusOf(error).message}`,
      );
    }
  }
}
