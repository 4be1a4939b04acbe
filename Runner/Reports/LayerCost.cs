using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Runner.Reports;

/// <summary>What a layer costs, by the shapes it has now.</summary>
/// <param name="MultiplyAdds">Multiply-adds of a forward pass; exact for products, 0 for other layers.</param>
/// <param name="Parameters">Learned values.</param>
/// <param name="Connections">
/// Links of one item, as LeNet-5's authors count them: each output's links to inputs and to its bias, whether or not
/// they share their weights; 0 for layers without units of their own.
/// </param>
internal readonly record struct LayerCost(long MultiplyAdds, long Parameters, long Connections)
{
    /// <summary>The cost of a layer.</summary>
    public static LayerCost Of(NetLayer layer) => new(
        layer.Layer.Type switch
        {
            "Convolution" => Convolution(layer),
            "Deconvolution" => layer.Bottoms.Sum(b => (long)b.Count) * layer.Layer.Blobs[0].CountOf(1),
            "InnerProduct" => InnerProduct(layer),
            _ => 0,
        },
        layer.Layer.Blobs.Sum(b => (long)b.Count),
        layer.Layer.Type switch
        {
            "Convolution" => ItemOf(layer, Convolution(layer) + BiasLinks(layer, layer.Definition.ConvolutionParam.BiasTerm)),
            "InnerProduct" => ItemOf(layer, InnerProduct(layer) + BiasLinks(layer, layer.Definition.InnerProductParam.BiasTerm)),
            "Deconvolution" => ItemOf(
                layer,
                (layer.Bottoms.Sum(b => (long)b.Count) * layer.Layer.Blobs[0].CountOf(1))
                + BiasLinks(layer, layer.Definition.ConvolutionParam.BiasTerm)),
            "Subsampling" => ItemOf(layer, layer.Tops[0].Count * (SubsamplingArea(layer) + 1)),
            "EuclideanRBF" => ItemOf(layer, (long)layer.Tops[0].Count * layer.Layer.Blobs[0].CountOf(1)),
            _ => 0,
        });

    /// <summary>
    /// Multiply-adds of a backward pass: as many as forward for the gradient of the weights and again for that of each
    /// bottom, where they are computed.
    /// </summary>
    public long BackwardMultiplyAdds(NetLayer layer)
    {
        if (MultiplyAdds == 0 || !layer.NeedsBackward)
        {
            return 0;
        }

        return (layer.Layer.NeedsGradient(0) ? MultiplyAdds : 0) + (layer.PropagateDown.Any(p => p) ? MultiplyAdds : 0);
    }

    /// <summary>
    /// Bytes that a pass has to read and write, each value of a bottom and a top once; 0 for layers that hand on what they got.
    /// </summary>
    public static double Bytes(NetLayer layer, bool isBackward)
    {
        bool handsOn = layer.Tops.Count > 0 && layer.Bottoms.Count > 0 && layer.Tops[0].SharesDataWith(layer.Bottoms[0])
            && layer.Type is "Split" or "Reshape" or "Flatten" or "Dropout";
        return handsOn || layer.IsFolded || (isBackward && !layer.NeedsBackward)
            ? 0
            : 4.0 * (layer.Bottoms.Sum(b => (long)b.Count) + layer.Tops.Sum(b => (long)b.Count));
    }

    private static long ItemOf(NetLayer layer, long links)
    {
        Blob top = layer.Tops[0];
        return top.AxisCount == 0 || top.Dim(0) == 0 ? links : links / top.Dim(0);
    }

    private static long BiasLinks(NetLayer layer, bool hasBias) => hasBias ? layer.Tops.Sum(t => (long)t.Count) : 0;

    private static long SubsamplingArea(NetLayer layer)
    {
        SubsamplingParameter o = layer.Definition.SubsamplingParam;
        return o.HasKernelSize ? (long)o.KernelSize * o.KernelSize : (long)o.KernelH * o.KernelW;
    }

    // Every weight is used once at each pixel of its output map.
    private static long Convolution(NetLayer layer) =>
        layer.Tops.Sum(t => (long)t.Count) / layer.Definition.ConvolutionParam.NumOutput * layer.Layer.Blobs[0].Count;

    // Each of the outputs takes as many multiply-adds as there are weights an output; transposed or not.
    private static long InnerProduct(NetLayer layer)
    {
        long outputs = layer.Definition.InnerProductParam.NumOutput;
        return outputs == 0 ? 0 : layer.Tops[0].Count * (layer.Layer.Blobs[0].Count / outputs);
    }
}
