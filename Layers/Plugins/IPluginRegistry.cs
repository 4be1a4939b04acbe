using System.Reflection;

namespace Cnn.Layers.Plugins;

/// <summary>
/// A registry that takes types from plug-ins beside those of layers and fillers, such as that of solver types.
/// </summary>
public interface IPluginRegistry
{
    /// <summary>What its types are, as in "the solver type 'X'".</summary>
    string Kind { get; }

    /// <summary>What a class must be to be made, for errors.</summary>
    string Requirement { get; }

    /// <summary>The names that are taken.</summary>
    IReadOnlyCollection<string> Types { get; }

    /// <summary>The name under which a class asks to be registered; null when it does not ask.</summary>
    string? NameOf(Type type);

    /// <summary>Whether a class that asks to be registered can be made.</summary>
    bool CanMake(Type type);

    /// <summary>Adds every class of an assembly that asks to be registered.</summary>
    void AddFrom(Assembly assembly);
}
