namespace Cnn.Engine.Drawing;

/// <summary>What is drawn of a net, before anything has a place.</summary>
internal sealed record NetGraph
{
    /// <summary>The title.</summary>
    public required string Title { get; init; }

    /// <summary>What the net amounts to: phase, parameters, multiply-adds.</summary>
    public required string Summary { get; init; }

    /// <summary>What the shapes leave out.</summary>
    public required string ShapeNote { get; init; }

    /// <summary>The boxes, each after those that it reads from.</summary>
    public required IReadOnlyList<DrawnBox> Boxes { get; init; }

    /// <summary>Returns the place of each box in <see cref="Boxes"/>.</summary>
    public Dictionary<DrawnBox, int> Indices() =>
        Boxes.Select((box, i) => (box, i)).ToDictionary(b => b.box, b => b.i);
}
