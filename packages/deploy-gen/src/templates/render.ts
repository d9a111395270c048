import Handlebars from "handlebars";

/** Compiles a template that fails on a missing value and escapes nothing: values are quoted before, each by its kind. */
export function compileTemplate<T>(template: string): (data: T) => string {
  let render: ((data: T) => string) | undefined;
  return (data) => {
    render ??= Handlebars.create().compile<T>(template, {
      strict: true,
      noEscape: true,
      preventIndent: true,
    });
    return render(data);
  };
}
