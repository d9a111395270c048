import type { SmokeCheck } from "./check.ts";
import { unknownModel, unknownSignature, wrongInput } from "./errors.ts";
import { check as examples } from "./examples.ts";
import { check as goldens } from "./goldens.ts";
import { check as health } from "./health.ts";
import { check as images } from "./images.ts";
import { check as metadataSignatures } from "./metadata-signatures.ts";
import { check as metrics } from "./metrics.ts";
import { check as predictAgreement } from "./predict-agreement.ts";
import { check as predictSignatures } from "./predict-signatures.ts";
import { check as reachable } from "./reachable.ts";
import { check as statusAgreement } from "./status-agreement.ts";
import { check as statusAvailable } from "./status-available.ts";
import { check as statusLabels } from "./status-labels.ts";
import { check as statusVersions } from "./status-versions.ts";

/** All checks in the order in which they run: later ones lean on what earlier ones found. */
export const smokeChecks: readonly SmokeCheck[] = [
  reachable,
  statusAvailable,
  statusVersions,
  statusAgreement,
  statusLabels,
  metadataSignatures,
  // before requests of our own making: stateful goldens expect a fresh model
  goldens,
  predictSignatures,
  predictAgreement,
  images,
  examples,
  unknownModel,
  unknownSignature,
  wrongInput,
  metrics,
  health,
];
