namespace Cnn.Engine.Drawing;

/// <summary>A layer in its box.</summary>
/// <param name="Name">The layer's name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Detail">The options that matter, such as <c>3×3, 64, stride 2</c>; empty where there are none.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Parameters">The number of its learned values.</param>
/// <param name="SharedWith">The name of the layer whose parameters it uses; empty if they are its own.</param>
/// <param name="Definition">Its definition as text.</param>
internal sealed record DrawnRow(
    string Name, string Type, string Detail, LayerKind Kind, long Parameters, string SharedWith, string Definition)
{
    /// <summary>Type and options in one line.</summary>
    public string Text => Detail.Length == 0 ? Type : $"{Type} {Detail}";
}
