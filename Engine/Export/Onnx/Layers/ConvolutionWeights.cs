using Cnn.Engine.Graph;
using Cnn.Layers;

namespace Cnn.Engine.Export.Onnx.Layers;

/// <summary>The weights of a convolution with the layers after it folded in.</summary>
/// <param name="Name">The name of the weights' array.</param>
/// <param name="Bias">The name of the bias' array.</param>
/// <param name="Followers">The layers that are folded in, in order.</param>
internal sealed record ConvolutionWeights(string Name, string Bias, IReadOnlyList<NetLayer> Followers)
{
    /// <summary>
    /// Folds the BatchNorm and Scale layers that alone read a convolution's only top; returns null where there are
    /// none.
    /// </summary>
    public static ConvolutionWeights? Fold(LayerExport layer, int axis)
    {
        if (layer.Layer.TopList.Count != 1 || axis != 1 || layer.Layer.Layer.Blobs[0].AxisCount < 3
            || layer.Definition.ConvolutionParam is { Relu: true } or { Connections.Count: > 0 })
        {
            return null;
        }

        int outputs = layer.TopBlob().Dim(1);
        var factor = new double[outputs];
        var shift = new double[outputs];
        Array.Fill(factor, 1);
        var followers = new List<NetLayer>();
        for (NetLayer last = layer.Layer; layer.FollowerOf(last) is { } next; last = next)
        {
            if (next.Layer is not IChannelAffine affine || !affine.IsChannelAffine(next.BottomList))
            {
                break;
            }

            affine.Follow(factor, shift);
            followers.Add(next);
        }

        if (followers.Count == 0)
        {
            return null;
        }

        Blob blob = layer.Layer.Parameters[0];
        var weights = new float[blob.Count];
        var bias = new float[outputs];
        int inputs = blob.CountOf(1);
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = (float)(blob.Data[i] * factor[i / inputs]);
        }

        for (int i = 0; i < outputs; i++)
        {
            double own = layer.Layer.Parameters.Count > 1 ? layer.Layer.Parameters[1].Data[i] : 0;
            bias[i] = (float)((own * factor[i]) + shift[i]);
        }

        return new ConvolutionWeights(
            layer.Computed(0, weights, blob.Shape.ToArray()), layer.Weight("bias", bias, outputs), followers);
    }
}
