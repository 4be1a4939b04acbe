namespace Cnn.Layers;

/// <summary>The cost of a forward pass of a layer for its current shapes.</summary>
/// <param name="MultiplyAdds">Multiply-adds of the matrix multiplications and convolutions; 0 for other layers.</param>
/// <param name="Connections">
/// Connections of one item, as LeNet-5's authors count them: each output's connections to inputs and to its bias,
/// whether or not they share their weights; 0 for layers without units of their own.
/// </param>
/// <param name="IsView">Whether the tops are the bottoms' memory, so that a pass reads and writes nothing.</param>
public readonly record struct LayerCost(long MultiplyAdds, long Connections, bool IsView = false)
{
    /// <summary>Returns the cost of a layer whose first axis counts the items of a batch.</summary>
    /// <param name="multiplyAdds">Multiply-adds of a pass.</param>
    /// <param name="links">Connections of all items.</param>
    /// <param name="top">The top whose first axis is the batch.</param>
    public static LayerCost OfItems(long multiplyAdds, long links, Blob top) =>
        new(multiplyAdds, top.AxisCount == 0 || top.Dim(0) == 0 ? links : links / top.Dim(0));
}
