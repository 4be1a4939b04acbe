namespace Cnn.Engine.Solvers;

/// <summary>
/// The name by which a solver file asks for an update rule (<c>type: "SGD"</c>). The class derives from
/// <see cref="UpdateRule"/> and has a public constructor that takes a <see cref="SolverContext"/>; the registry finds
/// it by this attribute alone.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SolverTypeAttribute(string name) : Attribute
{
    /// <summary>The name, case-sensitive.</summary>
    public string Name { get; } = name;
}
