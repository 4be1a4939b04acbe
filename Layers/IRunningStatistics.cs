namespace Cnn.Layers;

/// <summary>
/// A layer whose forward passes in training add what they measure to running statistics, which no forward pass of
/// training reads. So the passes of an iteration may run in several processes: each leaves what it measured to
/// <see cref="Measured"/>, and every process adds the measures of all passes in their order.
/// </summary>
public interface IRunningStatistics
{
    /// <summary>
    /// How many floats describe what a pass measures; 0 where the layer adds nothing, as one that reads the statistics
    /// instead.
    /// </summary>
    int MeasureCount { get; }

    /// <summary>
    /// Whether forward passes leave it to <see cref="AddMeasure"/> to change the statistics; false at first: a pass
    /// adds its own measure.
    /// </summary>
    bool LeavesStatistics { get; set; }

    /// <summary>Writes what the last forward pass measured.</summary>
    /// <param name="measure">Receives <see cref="MeasureCount"/> floats.</param>
    void Measured(Span<float> measure);

    /// <summary>
    /// Adds what a pass measured to the statistics, with the same bits as the forward pass itself would have.
    /// </summary>
    /// <param name="measure">What <see cref="Measured"/> wrote, here or in another process.</param>
    void AddMeasure(ReadOnlySpan<float> measure);
}
