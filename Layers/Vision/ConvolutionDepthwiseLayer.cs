using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// Convolves each channel of the bottoms [N, C, H, W] with one kernel of its own: tops [N, C, H', W'] with the sizes of
/// <see cref="ConvolutionLayer"/>. Blobs: weights [C, 1, kernel...] and, with <c>bias_term</c>, bias [C]. As in
/// github.com/sp2823/caffe, the bottom determines the number of channels, whatever <c>num_output</c> and <c>group</c>
/// say.
/// </summary>
[LayerType("ConvolutionDepthwise")]
internal sealed class ConvolutionDepthwiseLayer(LayerContext context) : ConvolutionLayer(context)
{
    /// <inheritdoc/>
    private protected override (int Groups, int Outputs) ReadMaps()
    {
        if (Options.HasNumOutput && Options.NumOutput != Channels)
        {
            Context.Warning(
                Options,
                ConvolutionParameter.NumOutputFieldNumber,
                $"num_output {Options.NumOutput} has no effect: bottom '{BottomName(0)}' has {Channels} channels, and "
                + "so has the top",
                "Convolution with a group for each channel can have several outputs for each");
        }

        int maps = Math.Max(1, Channels);
        return (maps, maps);
    }
}
