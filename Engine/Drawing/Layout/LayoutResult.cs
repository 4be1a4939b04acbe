namespace Cnn.Engine.Drawing.Layout;

/// <summary>Places of boxes and ways of wires, within (0, 0) and (Width, Height).</summary>
internal sealed record LayoutResult(
    double Width, double Height, IReadOnlyList<BoxPlace> Boxes, IReadOnlyList<Wire> Wires);
