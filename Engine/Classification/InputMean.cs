using System.Globalization;
using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Npy;

namespace Cnn.Engine.Classification;

/// <summary>
/// The mean that is subtracted from a net's input: a value for each channel, or an image of means, which is resized
/// where the input has another size, as pycaffe does.
/// </summary>
public sealed class InputMean
{
    private readonly string source;
    private readonly int[] shape;
    private readonly float[] values;

    private InputMean(string source, int[] shape, float[] values) =>
        (this.source, this.shape, this.values) = (source, shape, values);

    /// <summary>Makes the mean of given values: one for each channel of the input, or one for all.</summary>
    public static InputMean OfChannels(params ReadOnlySpan<float> values) =>
        new($"the mean {string.Join(',', values.ToArray())}", [values.Length], values.ToArray());

    /// <summary>
    /// Reads a mean: a <c>.binaryproto</c> as <c>compute_image_mean</c> writes it, or a NumPy array of the shape [C],
    /// [H, W], [C, H, W] or [1, C, H, W], told apart by their content.
    /// </summary>
    /// <exception cref="CnnException">The file cannot be read or holds no mean.</exception>
    public static InputMean Read(string path)
    {
        FileText.RequireFile(path);
        if (!NpyFile.IsNpy(path))
        {
            float[] image = MeanFile.Read(path, out ImageShape size);
            return new InputMean($"'{path}'", [size.Channels, size.Height, size.Width], image);
        }

        NumberArray array = NpyFile.Read(path);
        int[] shape = array.Shape is [1, _, _, _] ? array.Shape[1..] : array.Shape;
        return shape.Length is 1 or 2 or 3 && array.Values.Length > 0
            ? new InputMean($"'{path}'", shape.Length == 2 ? [1, .. shape] : shape, array.Values)
            : throw new CnnException(
                $"'{path}' has shape {array.ShapeText}, which is that of no mean", "[C], [H, W] or [C, H, W] is");
    }

    /// <summary>Reads a mean that is given as values with commas between them, or as the path of a file.</summary>
    /// <exception cref="CnnException">It is neither, or the file holds no mean.</exception>
    public static InputMean Parse(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        var values = new float[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!float.TryParse(parts[i], CultureInfo.InvariantCulture, out values[i]) || !float.IsFinite(values[i]))
            {
                return Read(text);
            }
        }

        return OfChannels(values);
    }

    /// <summary>The value of each channel, or the one of all; null for an image of means.</summary>
    internal float[]? ChannelValues => shape.Length == 1 ? values : null;

    /// <summary>Returns the mean of an input, [C, H, W].</summary>
    /// <exception cref="CnnException">It has another number of channels.</exception>
    internal float[] For(int channels, int height, int width)
    {
        if (shape[0] != channels && shape is not [1])
        {
            throw new CnnException(
                $"{source} has {shape[0]} channel(s), the net's input {channels}",
                "give one value for each channel, or the mean of images such as the net takes");
        }

        var mean = new FloatImage();
        if (shape.Length == 1)
        {
            mean.SetSize(channels, height, width);
            for (int c = 0; c < channels; c++)
            {
                mean.Values.Slice(c * height * width, height * width).Fill(values[shape[0] == 1 ? 0 : c]);
            }
        }
        else
        {
            new StretchedResizer().Resize(new FloatImage(shape[0], shape[1], shape[2], values), height, width, mean);
        }

        return mean.Values.ToArray();
    }
}
