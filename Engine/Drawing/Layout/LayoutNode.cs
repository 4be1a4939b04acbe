namespace Cnn.Engine.Drawing.Layout;

/// <summary>A box, or a bend of a wire that passes a layer of boxes.</summary>
internal sealed class LayoutNode
{
    /// <summary>Its place in the list of all nodes.</summary>
    public required int Id { get; init; }

    /// <summary>Whether it is a bend.</summary>
    public required bool IsBend { get; init; }

    /// <summary>Its width.</summary>
    public required double Width { get; init; }

    /// <summary>Its height; 0 for a bend, which is as high as its layer.</summary>
    public required double Height { get; init; }

    /// <summary>The layer, from 0 at the top.</summary>
    public int Layer { get; set; }

    /// <summary>The place in the layer, from 0 at the left.</summary>
    public int Order { get; set; }

    /// <summary>The centre.</summary>
    public double X { get; set; }

    /// <summary>The upper edge.</summary>
    public double Y { get; set; }

    /// <summary>The nodes of the layer above that lead to it.</summary>
    public List<LayoutNode> Above { get; } = [];

    /// <summary>The nodes of the layer below that it leads to.</summary>
    public List<LayoutNode> Below { get; } = [];
}
