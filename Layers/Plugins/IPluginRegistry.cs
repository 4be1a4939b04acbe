using System.Reflection;

namespace Cnn.Layers.Plugins;

/// <summary>
/// A registry that takes types from plug-ins, besides those of layers and fillers; for example that of solver types.
/// </summary>
public interface IPluginRegistry
{
    /// <summary>The kind of its types, as in "the solver type 'X'".</summary>
    string Kind { get; }

    /// <summary>What a class must be so that it can be created, for error messages.</summary>
    string Requirement { get; }

    /// <summary>The names that are in use.</summary>
    IReadOnlyCollection<string> Types { get; }

    /// <summary>Returns the name under which a class asks to be registered; null when it does not ask.</summary>
    string? NameOf(Type type);

    /// <summary>Whether a class that asks to be registered can be created.</summary>
    bool CanMake(Type type);

    /// <summary>Adds every class of an assembly that asks to be registered.</summary>
    void AddFrom(Assembly assembly);
}
