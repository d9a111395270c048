import * as z from "zod";
import { positiveInt32 } from "./values.ts";

/** TensorFlow's thread pools. */
export const parallelismSection = z
  .strictObject({
    session: positiveInt32
      .optional()
      .describe(
        "threads of both pools (--tensorflow_session_parallelism); default: cores, if the spec gives them",
      ),
    intraOp: positiveInt32.optional().describe("threads within one op (--tensorflow_intra_op_parallelism)"),
    interOp: positiveInt32
      .optional()
      .describe("ops that run side by side (--tensorflow_inter_op_parallelism)"),
  })
  .describe("TensorFlow thread pools; either session, or intraOp and interOp");
