namespace Cnn.Engine.Solvers;

/// <summary>The name by which a solver file asks for an update rule (<c>type: "SGD"</c>).</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SolverTypeAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
