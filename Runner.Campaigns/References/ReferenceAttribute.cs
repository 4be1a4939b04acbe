namespace Cnn.Campaigns.References;

/// <summary>Names the layer types that a reference stands for.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ReferenceAttribute(params string[] types) : Attribute
{
    /// <summary>The layer types.</summary>
    public IReadOnlyList<string> Types { get; } = types;
}
