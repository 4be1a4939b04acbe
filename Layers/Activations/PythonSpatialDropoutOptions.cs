namespace Cnn.Layers.Activations;

/// <summary>The <c>param_str</c> of ENet's SpatialDropoutLayer.</summary>
internal sealed record PythonSpatialDropoutOptions
{
    /// <summary><c>TRAIN</c> to drop channels; whatever the net's phase is.</summary>
    public required string Phase { get; init; }

    /// <summary>Probability of a drop, in quotes.</summary>
    public required string P { get; init; }
}
