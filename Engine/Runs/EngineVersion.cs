using System.Reflection;

namespace Cnn.Engine.Runs;

/// <summary>The version of the engine.</summary>
internal static class EngineVersion
{
    /// <summary>The version, after it what the build adds, such as a plus sign and the commit.</summary>
    public static string Text { get; } =
        typeof(EngineVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion ?? "";
}
