namespace Cnn.Proto;

/// <summary>The messages about files that YAML includes, and about their parameters.</summary>
internal static class YamlIncludeMessages
{
    public const string NoRegularFile = "is no regular file";
    public const string NotYamlHint = "'cnn convert' writes YAML";
    public const string AmongLayersHint = "a file among layers has 'layer', and 'parameters' if it takes any";
    public const string NoParameterHint = "a parameter is written ${name}, and the text ${ as $${";
    public const string UnclosedHint = "write ${name} for a parameter, and $${ for the text ${";
    public const string WithoutInclude = "'with' stands beside an 'include', and there is none";
    public const string UnclosedParameter = "'${' is not the start of a parameter";
    public const string MissingAlone = "a file that includes this one gives it in 'with'; write a default after it";

    public static string TooManyFiles(int limit) => $"more than {limit} files are included, repeated ones counted";

    public static string TooLong(int limit) => $"the included files are longer than {limit} characters together";

    public static string TooManyLayers(int limit) => $"the included files have more than {limit} layers together";

    public static string TooDeep(int limit) => $"files include each other more than {limit} deep";

    public static string IncludesItself(string file) => $"'{file}' includes itself";

    public static string NotYaml(string file) => $"an include takes a YAML file, found '{file}'";

    public static string NoLayers(string file) => $"'{file}' has no 'layer'";

    public static string BesideInclude(string key) =>
        $"key '{TextMessages.Short(key)}' cannot stand beside 'include' of a file";

    public static string NotAmongLayers(string key) =>
        $"key '{TextMessages.Short(key)}' has no meaning in a file that is included among layers";

    public static string UnknownParameter(string name) => $"parameter '{TextMessages.Short(name)}' has no value";

    public static string NotTaken(string file, string name) =>
        $"'{file}' takes no parameter '{TextMessages.Short(name)}'";

    public static string NotUsed(string name) => $"parameter '{TextMessages.Short(name)}' is not used";

    public static string Missing(string file, string name) =>
        $"'{file}' needs a value for its parameter '{TextMessages.Short(name)}'";

    public static string MissingHint(string name) => $"give it in 'with: {{{TextMessages.Short(name)}: ...}}'";
}
