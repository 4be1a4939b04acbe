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

        if (options.Mean?.ChannelValues is { } values && (values.Length == 1 || values.Length == channels))
        {
            value = layer.Op("Sub", [value, layer.Graph.Constant(values, [1, values.Length, 1, 1])]);
        }
        else if (options.Mean is { } mean)
        {
            int[] shape = image.Shape[1..].ToArray();
            value = layer.Op(
                "Sub", [value, layer.Weight("mean", mean.For(shape[0], shape[1], shape[2]), [1, .. shape])]);
        }

        return layer.Times(value, options.Scale);
    }
}
