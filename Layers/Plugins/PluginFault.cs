using System.Reflection;
using Cnn.Proto;

namespace Cnn.Layers.Plugins;

/// <summary>Describes why an assembly does not load or run.</summary>
internal static class PluginFault
{
    /// <summary>
    /// Returns what is missing or damaged, as the runtime reports it: "it needs Some.Library, which is not there".
    /// </summary>
    public static string Describe(Exception exception) => exception switch
    {
        ReflectionTypeLoadException types when types.LoaderExceptions.FirstOrDefault(e => e is not null) is { } first =>
            Describe(first),
        FileNotFoundException file => $"it needs {NameOf(file.FileName)}, which is not there",
        FileLoadException file => $"it needs {NameOf(file.FileName)}, which cannot be loaded",
        BadImageFormatException => "it is not a .NET assembly, or it is damaged",
        MissingMemberException member => $"it uses {Quoted(member.Message) ?? "a member"}, which is not there",
        TypeLoadException { TypeName.Length: > 0 } type => $"it uses the type {type.TypeName}, which is not there",
        _ => FileErrors.Reason(exception),
    };

    // Returns the name in "Library, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null".
    private static string NameOf(string? assembly) => assembly is null ? "another file" : assembly.Split(',')[0];

    private static string? Quoted(string text)
    {
        int from = text.IndexOf('\'', StringComparison.Ordinal), to = text.LastIndexOf('\'');
        return from >= 0 && to > from ? text[(from + 1)..to] : null;
    }
}
