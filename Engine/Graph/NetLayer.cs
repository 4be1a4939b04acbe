using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>A layer in its net: the blobs that it is connected to and its part in the backward pass.</summary>
public sealed class NetLayer
{
    internal NetLayer(LayerParameter definition, Layer layer)
    {
        Definition = definition;
        Layer = layer;
    }

    /// <summary>The definition as the net has it; the layer's own copy may hold what its set-up added.</summary>
    internal LayerParameter Definition { get; }

    /// <summary>The layer.</summary>
    public Layer Layer { get; }

    /// <summary>The layer's name.</summary>
    public string Name => Definition.Name;

    /// <summary>The layer's type.</summary>
    public string Type => Definition.Type;

    /// <summary>Its learned parameters, in Caffe's order: weights, then bias.</summary>
    public IReadOnlyList<Blob> Parameters => Layer.Blobs;

    /// <summary>The blobs it reads.</summary>
    public IReadOnlyList<Blob> Bottoms => BottomList;

    /// <summary>The blobs it writes.</summary>
    public IReadOnlyList<Blob> Tops => TopList;

    /// <summary>The names of the bottoms.</summary>
    public IReadOnlyList<string> BottomNames => Definition.Bottom;

    /// <summary>The names of the tops; "(automatic)" for losses that the net does not name.</summary>
    public IReadOnlyList<string> TopNames => TopNameList;

    /// <summary>The weight of each top in the net's loss; 0 for most.</summary>
    public IReadOnlyList<float> LossWeights => LossWeightList;

    /// <summary>Whether the layer runs in the backward pass.</summary>
    public bool NeedsBackward { get; internal set; }

    /// <summary>For each bottom, whether its gradient is computed.</summary>
    public IReadOnlyList<bool> PropagateDown => PropagateDownList;

    /// <summary>The cost of a forward pass with the current shapes of the blobs.</summary>
    public LayerCost Cost => Layer.Cost(BottomList, TopList);

    /// <summary>The number of learned values.</summary>
    public long ParameterCount => Layer.Blobs.Sum(b => (long)b.Count);

    /// <summary>
    /// The multiply-adds of a backward pass: as many as in the forward pass for the gradient of the weights, and as
    /// many again for the gradient of the bottoms, where these are computed.
    /// </summary>
    public long BackwardMultiplyAdds
    {
        get
        {
            long forward = NeedsBackward ? Cost.MultiplyAdds : 0;
            bool trainsWeights = Layer.Blobs.Count > 0 && Layer.NeedsGradient(0);
            return (trainsWeights ? forward : 0) + (PropagateDownList.Contains(true) ? forward : 0);
        }
    }

    /// <summary>
    /// Returns the bytes that a pass has to read and write, each value of a bottom and a top once; 0 where it does
    /// nothing.
    /// </summary>
    /// <param name="isBackward">Whether the backward pass is meant.</param>
    public long BytesMoved(bool isBackward) =>
        Cost.IsView || IsFolded || (isBackward && !NeedsBackward)
            ? 0
            : sizeof(float) * (BottomList.Sum(b => (long)b.Count) + TopList.Sum(b => (long)b.Count));

    /// <summary>Whether an earlier layer does its work; its top then has that layer's values.</summary>
    internal bool IsFolded { get; set; }

    /// <summary>
    /// The bottom that has the values of the top, if an earlier layer does the work in a net for inference.
    /// </summary>
    internal Blob? FoldedInto { get; set; }

    /// <summary>The layers after it whose work it does in training, unless they run alone.</summary>
    internal List<NetLayer> Followers { get; } = [];

    internal List<Blob> BottomList { get; } = [];

    internal List<Blob> TopList { get; } = [];

    internal List<string> TopNameList { get; } = [];

    internal float[] LossWeightList { get; set; } = [];

    internal List<bool> PropagateDownList { get; } = [];
}
