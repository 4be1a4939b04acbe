namespace Cnn.Fillers;

/// <summary>
/// The name by which a definition asks for a filler (<c>weight_filler { type: "xavier" }</c>). The class has a
/// constructor that takes a <see cref="Cnn.Proto.FillerParameter"/>, and also a <see cref="Cnn.Proto.PathResolver"/> if
/// it reads files. The constructor throws a <see cref="Cnn.Proto.CnnException"/> for bad values.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class FillerTypeAttribute(string name) : Attribute
{
    /// <summary>The name, case-sensitive.</summary>
    public string Name { get; } = name;
}
