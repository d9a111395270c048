import type { MessageNode } from "@servable/text-proto";
import { number, type Written } from "./entries.ts";

/** Sizes of thread pools in a tensorflow.ConfigProto. */
export interface SessionThreads {
  readonly intraOp: Written<number> | undefined;
  /** Of `session_inter_op_thread_pool`. */
  readonly pools: readonly Written<number>[];
}

export const sessionThreads = (config: MessageNode): SessionThreads => ({
  intraOp: number(config, "intra_op_parallelism_threads"),
  pools: config.messages("session_inter_op_thread_pool").flatMap((pool) => number(pool, "num_threads") ?? []),
});
