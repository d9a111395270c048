// Made by scripts/make-rule-registry.ts from the rule files: run that script instead of editing.
import type { RuleMeta } from "@servable/diagnostics";
import { rule as assetsAllUsed } from "./assets/all-used.ts";
import { rule as assetsFilesExist } from "./assets/files-exist.ts";
import { rule as assetsNamesStayInside } from "./assets/names-stay-inside.ts";
import { rule as assetsTensorsDistinct } from "./assets/tensors-distinct.ts";
import { rule as assetsTensorsExist } from "./assets/tensors-exist.ts";
import { rule as assetsVocabulariesLoad } from "./assets/vocabularies-load.ts";
import { rule as graphAttrsAreKnown } from "./graph/attrs-are-known.ts";
import { rule as graphConstantsFillShapes } from "./graph/constants-fill-shapes.ts";
import { rule as graphConstantsHaveValues } from "./graph/constants-have-values.ts";
import { rule as graphDevicesAvailable } from "./graph/devices-available.ts";
import { rule as graphFunctionResultsFit } from "./graph/function-results-fit.ts";
import { rule as graphFunctionsExist } from "./graph/functions-exist.ts";
import { rule as graphGraphIsReadable } from "./graph/graph-is-readable.ts";
import { rule as graphInputsExist } from "./graph/inputs-exist.ts";
import { rule as graphNoCycles } from "./graph/no-cycles.ts";
import { rule as graphNoRiskyOps } from "./graph/no-risky-ops.ts";
import { rule as graphNodeNamesDistinct } from "./graph/node-names-distinct.ts";
import { rule as graphNodeNamesValid } from "./graph/node-names-valid.ts";
import { rule as graphNodesFitOps } from "./graph/nodes-fit-ops.ts";
import { rule as graphOpsAreKnown } from "./graph/ops-are-known.ts";
import { rule as graphRecordedShapesHold } from "./graph/recorded-shapes-hold.ts";
import { rule as graphRestoreAndInitExist } from "./graph/restore-and-init-exist.ts";
import { rule as graphShapesFit } from "./graph/shapes-fit.ts";
import { rule as graphTablesInitialised } from "./graph/tables-initialised.ts";
import { rule as graphVersionsFit } from "./graph/versions-fit.ts";
import { rule as layoutBasePathExists } from "./layout/base-path-exists.ts";
import { rule as layoutBasePathHasVersion } from "./layout/base-path-has-version.ts";
import { rule as layoutFilesAreRegular } from "./layout/files-are-regular.ts";
import { rule as layoutNoSessionBundle } from "./layout/no-session-bundle.ts";
import { rule as layoutNoUploadRemains } from "./layout/no-upload-remains.ts";
import { rule as layoutNothingBesideVersions } from "./layout/nothing-beside-versions.ts";
import { rule as layoutPathIsBasePath } from "./layout/path-is-base-path.ts";
import { rule as layoutVersionIsDirectory } from "./layout/version-is-directory.ts";
import { rule as layoutVersionNameIsNumber } from "./layout/version-name-is-number.ts";
import { rule as layoutVersionNameIsPlain } from "./layout/version-name-is-plain.ts";
import { rule as layoutVersionNamesDistinct } from "./layout/version-names-distinct.ts";
import type { LevelledRule } from "./model-rule.ts";
import { rule as savedModelDebugInfoIsReadable } from "./saved-model/debug-info-is-readable.ts";
import { rule as savedModelExtraConfigUnread } from "./saved-model/extra-config-unread.ts";
import { rule as savedModelFileExists } from "./saved-model/file-exists.ts";
import { rule as savedModelFingerprintFits } from "./saved-model/fingerprint-fits.ts";
import { rule as savedModelFingerprintPresent } from "./saved-model/fingerprint-present.ts";
import { rule as savedModelGraphIsCovered } from "./saved-model/graph-is-covered.ts";
import { rule as savedModelHasServedTags } from "./saved-model/has-served-tags.ts";
import { rule as savedModelIsSavedModel } from "./saved-model/is-saved-model.ts";
import { rule as savedModelOneForm } from "./saved-model/one-form.ts";
import { rule as savedModelSchemaVersionIsOne } from "./saved-model/schema-version-is-one.ts";
import { rule as savedModelSizeIsLoadable } from "./saved-model/size-is-loadable.ts";
import { rule as savedModelTagSetsDistinct } from "./saved-model/tag-sets-distinct.ts";
import { rule as savedModelTfliteIsReadable } from "./saved-model/tflite-is-readable.ts";
import { rule as savedModelUnchangedSinceExport } from "./saved-model/unchanged-since-export.ts";
import { rule as signatureAnySignature } from "./signature/any-signature.ts";
import { rule as signatureBatches } from "./signature/batches.ts";
import { rule as signatureClassifyFits } from "./signature/classify-fits.ts";
import { rule as signatureDefaultExists } from "./signature/default-exists.ts";
import { rule as signatureDefaultsFit } from "./signature/defaults-fit.ts";
import { rule as signatureDtypeIsKnown } from "./signature/dtype-is-known.ts";
import { rule as signatureDtypeMatchesGraph } from "./signature/dtype-matches-graph.ts";
import { rule as signatureHasOutputs } from "./signature/has-outputs.ts";
import { rule as signatureInputsFeedable } from "./signature/inputs-feedable.ts";
import { rule as signatureInputsSuffice } from "./signature/inputs-suffice.ts";
import { rule as signatureMethodIsKnown } from "./signature/method-is-known.ts";
import { rule as signatureNamesHaveIndex } from "./signature/names-have-index.ts";
import { rule as signatureRegressFits } from "./signature/regress-fits.ts";
import { rule as signatureShapeMatchesGraph } from "./signature/shape-matches-graph.ts";
import { rule as signatureTensorsExist } from "./signature/tensors-exist.ts";
import { rule as variablesAllRestored } from "./variables/all-restored.ts";
import { rule as variablesByteOrderFits } from "./variables/byte-order-fits.ts";
import { rule as variablesChecksumsHold } from "./variables/checksums-hold.ts";
import { rule as variablesEntriesApart } from "./variables/entries-apart.ts";
import { rule as variablesEntriesFitShards } from "./variables/entries-fit-shards.ts";
import { rule as variablesHeaderIsSound } from "./variables/header-is-sound.ts";
import { rule as variablesIndexExists } from "./variables/index-exists.ts";
import { rule as variablesIndexIsTable } from "./variables/index-is-table.ts";
import { rule as variablesKeysSorted } from "./variables/keys-sorted.ts";
import { rule as variablesNoDeadWeight } from "./variables/no-dead-weight.ts";
import { rule as variablesObjectGraphIsReadable } from "./variables/object-graph-is-readable.ts";
import { rule as variablesRestoredKeysExist } from "./variables/restored-keys-exist.ts";
import { rule as variablesRestoredOnce } from "./variables/restored-once.ts";
import { rule as variablesShapesFitGraph } from "./variables/shapes-fit-graph.ts";
import { rule as variablesShardsExist } from "./variables/shards-exist.ts";
import { rule as variablesSlicesComplete } from "./variables/slices-complete.ts";
import type { ModelContext, VersionContext } from "./version-context.ts";
import { rule as warmupRecordsAreFramed } from "./warmup/records-are-framed.ts";
import { rule as warmupRecordsFitSignatures } from "./warmup/records-fit-signatures.ts";
import { rule as warmupWarmupInPlace } from "./warmup/warmup-in-place.ts";

/** Rules about base paths and the names in them. */
export const basePathRules: readonly LevelledRule<ModelContext>[] = [
  layoutBasePathExists,
  layoutBasePathHasVersion,
  layoutNothingBesideVersions,
  layoutPathIsBasePath,
  layoutVersionNameIsNumber,
  layoutVersionNameIsPlain,
  layoutVersionNamesDistinct,
];

/** Rules about one version directory. */
export const versionRules: readonly LevelledRule<VersionContext>[] = [
  layoutFilesAreRegular,
  layoutNoSessionBundle,
  layoutNoUploadRemains,
  layoutVersionIsDirectory,
  savedModelDebugInfoIsReadable,
  savedModelExtraConfigUnread,
  savedModelFileExists,
  savedModelFingerprintFits,
  savedModelFingerprintPresent,
  savedModelGraphIsCovered,
  savedModelHasServedTags,
  savedModelIsSavedModel,
  savedModelOneForm,
  savedModelSchemaVersionIsOne,
  savedModelSizeIsLoadable,
  savedModelTagSetsDistinct,
  savedModelTfliteIsReadable,
  savedModelUnchangedSinceExport,
  signatureAnySignature,
  signatureBatches,
  signatureClassifyFits,
  signatureDefaultExists,
  signatureDefaultsFit,
  signatureDtypeIsKnown,
  signatureDtypeMatchesGraph,
  signatureHasOutputs,
  signatureInputsFeedable,
  signatureInputsSuffice,
  signatureMethodIsKnown,
  signatureNamesHaveIndex,
  signatureRegressFits,
  signatureShapeMatchesGraph,
  signatureTensorsExist,
  graphAttrsAreKnown,
  graphConstantsFillShapes,
  graphConstantsHaveValues,
  graphDevicesAvailable,
  graphFunctionResultsFit,
  graphFunctionsExist,
  graphGraphIsReadable,
  graphInputsExist,
  graphNoCycles,
  graphNoRiskyOps,
  graphNodeNamesDistinct,
  graphNodeNamesValid,
  graphNodesFitOps,
  graphOpsAreKnown,
  graphRecordedShapesHold,
  graphRestoreAndInitExist,
  graphShapesFit,
  graphTablesInitialised,
  graphVersionsFit,
  variablesAllRestored,
  variablesByteOrderFits,
  variablesChecksumsHold,
  variablesEntriesApart,
  variablesEntriesFitShards,
  variablesHeaderIsSound,
  variablesIndexExists,
  variablesIndexIsTable,
  variablesKeysSorted,
  variablesNoDeadWeight,
  variablesObjectGraphIsReadable,
  variablesRestoredKeysExist,
  variablesRestoredOnce,
  variablesShapesFitGraph,
  variablesShardsExist,
  variablesSlicesComplete,
  assetsAllUsed,
  assetsFilesExist,
  assetsNamesStayInside,
  assetsTensorsDistinct,
  assetsTensorsExist,
  assetsVocabulariesLoad,
  warmupRecordsAreFramed,
  warmupRecordsFitSignatures,
  warmupWarmupInPlace,
];

/** All rules of this package, with the level from which on each runs. */
export const modelRules: readonly (RuleMeta & { readonly level: LevelledRule<VersionContext>["level"] })[] = [
  ...basePathRules,
  ...versionRules,
];
