namespace Cnn.Fillers;

/// <summary>
/// The name by which a definition asks for a filler (<c>weight_filler { type: "xavier" }</c>). The class has a
/// constructor that takes a <see cref="Cnn.Proto.FillerParameter"/>, and a <see cref="Cnn.Proto.PathResolver"/> too if
/// it reads files, and refuses bad values with a <see cref="Cnn.Proto.CnnException"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class FillerTypeAttribute(string name) : Attribute
{
    /// <summary>The name, case-sensitive.</summary>
    public string Name { get; } = name;
}
