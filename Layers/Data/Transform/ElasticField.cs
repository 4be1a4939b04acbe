using System.Buffers;
using Cnn.Layers.Kernels.ImageTransform;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// The displacements of an elastic distortion (Simard, Steinkraus and Platt, "Best practices for convolutional neural
/// networks applied to visual document analysis", 2003): noise drawn evenly from -1 to 1 for each pixel and axis,
/// smoothed by a Gaussian and multiplied by alpha. The noise is 0 outside the image.
/// </summary>
internal sealed unsafe class ElasticField
{
    // The Gaussian beyond this many standard deviations is left out.
    private const float Reach = 3;

    private readonly float[] weights;

    /// <summary>Computes the Gaussian's weights.</summary>
    /// <param name="alpha">Factor of the smoothed noise, in pixels.</param>
    /// <param name="sigma">The Gaussian's standard deviation in pixels; 0 leaves the noise as it is.</param>
    public ElasticField(float alpha, float sigma)
    {
        int radius = (int)MathF.Ceiling(Reach * sigma);
        double[] bell =
        [
            .. Enumerable.Range(-radius, (2 * radius) + 1).Select(
                i => i == 0 ? 1 : Math.Exp(-(double)i * i / (2.0 * sigma * sigma))),
        ];

        // The field is smoothed once along each axis.
        double factor = Math.Sqrt(alpha) / bell.Sum();
        weights = Array.ConvertAll(bell, weight => (float)(weight * factor));
    }

    /// <summary>Draws the displacements of one image.</summary>
    /// <param name="random">The image's random numbers.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="field">Receives the displacements to the right, then those down, [2, height, width].</param>
    public void Draw(ImageRandom random, int height, int width, Span<float> field)
    {
        int plane = height * width;
        float[] scratch = ArrayPool<float>.Shared.Rent(PlaneSmoothing.ScratchSize(height, width, weights.Length));
        fixed (float* right = field, taps = weights, temporary = scratch)
        {
            float* down = right + plane;
            for (int i = 0; i < plane; i += 4)
            {
                var (a, b, c, d) = random.Block(ImageRandom.Elastic + (ulong)(i / 4));
                ReadOnlySpan<uint> words = [a, b, c, d];
                for (int k = 0; k < words.Length && i + k < plane; k++)
                {
                    right[i + k] = Noise(words[k] >> 16);
                    down[i + k] = Noise(words[k] & 0xFFFF);
                }
            }

            PlaneSmoothing.Run(right, height, width, taps, weights.Length, temporary);
            PlaneSmoothing.Run(down, height, width, taps, weights.Length, temporary);
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    // Returns the middle of one of 65,536 equal parts of the interval from -1 to 1.
    private static float Noise(uint half) => (half * (2f / (1 << 16))) - (1 - (1f / (1 << 16)));
}
