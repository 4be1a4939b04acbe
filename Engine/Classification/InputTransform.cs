namespace Cnn.Engine.Classification;

/// <summary>
/// Turns a crop of an image into the values of a net's input, in the order of pycaffe's
/// <c>Transformer.preprocess</c>: channels are reordered and scaled, the mean is subtracted, the rest is scaled. A crop
/// has the input's size, so the resizing that comes first there has nothing to do.
/// </summary>
/// <param name="channelSwap">The channel of the image that each channel of the input takes.</param>
/// <param name="rawScale">The factor before the mean.</param>
/// <param name="mean">The mean, [C, H, W] of the input; null for none.</param>
/// <param name="inputScale">The factor after the mean.</param>
internal sealed class InputTransform(int[] channelSwap, float rawScale, float[]? mean, float inputScale)
{
    /// <summary>Writes a crop.</summary>
    /// <param name="image">The image.</param>
    /// <param name="crop">The place of the crop.</param>
    /// <param name="height">The input's rows.</param>
    /// <param name="width">The input's columns.</param>
    /// <param name="to">Receives the values, [C, height, width].</param>
    public void Write(FloatImage image, Crop crop, int height, int width, Span<float> to)
    {
        for (int c = 0; c < channelSwap.Length; c++)
        {
            for (int y = 0; y < height; y++)
            {
                int at = ((c * height) + y) * width;
                Span<float> values = to.Slice(at, width);
                image.Row(channelSwap[c], crop.Top + y).Slice(crop.Left, width).CopyTo(values);
                if (crop.IsMirrored)
                {
                    values.Reverse();
                }

                Scale(values, mean is null ? default : mean.AsSpan(at, width));
            }
        }
    }

    private void Scale(Span<float> values, ReadOnlySpan<float> means)
    {
        for (int x = 0; x < values.Length; x++)
        {
            float raw = values[x] * rawScale;
            values[x] = (means.IsEmpty ? raw : raw - means[x]) * inputScale;
        }
    }
}
