using Cnn.Layers;

namespace Cnn.Engine.Export.Onnx;

/// <summary>Puts a net's preprocessing in front of it.</summary>
internal static class PreprocessingExport
{
    /// <summary>Adds the nodes.</summary>
    /// <param name="layer">The source of the images.</param>
    /// <param name="value">The graph's input.</param>
    /// <param name="options">What to do.</param>
    /// <returns>The value that the net sees.</returns>
    public static string Add(LayerExport layer, string value, OnnxPreprocessing options)
    {
        Blob image = layer.TopBlob();
        int channels = image.AxisCount == 4 ? image.Dim(1) : 0;
        if (channels == 0)
        {
            throw layer.Refusal($"preprocessing takes images [N, C, H, W], the input has shape {image.ShapeText}");
        }

        if (options.SwapsChannels)
        {
            long[] reverse = [.. Enumerable.Range(0, channels).Select(c => (long)(channels - 1 - c))];
            value = layer.Op("Gather", [value, layer.Graph.Constant(reverse)], ("axis", 1));
        }

        if (options.MeanShape.Count > 0)
        {
            if (!options.MeanShape.SequenceEqual(image.Shape[1..].ToArray()))
            {
                throw layer.Refusal(
                    $"the mean image has shape {string.Join(" x ", options.MeanShape)}, the input {image.ShapeText}");
            }

            float[] mean = options.MeanImage.ToArray();
            value = layer.Op("Sub", [value, layer.Weight("mean", mean, [1, .. options.MeanShape])]);
        }
        else if (options.ChannelMean.Count > 0)
        {
            if (options.ChannelMean.Count != 1 && options.ChannelMean.Count != channels)
            {
                throw layer.Refusal(
                    $"{options.ChannelMean.Count} means are given for an input of {channels} channels");
            }

            float[] mean = [.. options.ChannelMean];
            value = layer.Op("Sub", [value, layer.Graph.Constant(mean, [1, mean.Length, 1, 1])]);
        }

        return layer.Times(value, options.Scale);
    }
}
