/** `tensorflow/serving` from whatever registry, and images that are built on it; not those with an entrypoint of their own. */
export function isServingImage(reference: string): boolean {
  if (/(^|\/)bitnami\//.test(reference)) return false;
  return /(^|\/)(tensorflow\/serving|tensorflow-serving|tf-serving|intel-optimized-tensorflow-serving)(?=[:@]|$)/.test(
    reference,
  );
}
