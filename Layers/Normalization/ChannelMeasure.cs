namespace Cnn.Layers.Normalization;

/// <summary>
/// What a pass of batch normalisation measured, as an <see cref="IRunningStatistics"/> hands it on: the means [C], the
/// biased variances [C] and the number of values of a channel, an int in the bits of a float.
/// </summary>
internal static unsafe class ChannelMeasure
{
    /// <summary>Returns how many floats it has.</summary>
    public static int Count(int channels) => (2 * channels) + 1;

    /// <summary>Writes it.</summary>
    /// <param name="measure">Receives <see cref="Count"/> floats.</param>
    /// <param name="means">[channels].</param>
    /// <param name="variances">[channels].</param>
    /// <param name="channels">Channels.</param>
    /// <param name="values">Values of a channel; 0 where nothing was measured.</param>
    public static void Write(Span<float> measure, float* means, float* variances, int channels, int values)
    {
        new ReadOnlySpan<float>(means, channels).CopyTo(measure);
        new ReadOnlySpan<float>(variances, channels).CopyTo(measure[channels..]);
        measure[2 * channels] = BitConverter.Int32BitsToSingle(values);
    }

    /// <summary>Returns the number of values of a channel; 0 where nothing was measured.</summary>
    public static int Values(ReadOnlySpan<float> measure) => BitConverter.SingleToInt32Bits(measure[^1]);
}
