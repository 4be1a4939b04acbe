namespace Cnn.Engine.Solvers.Recording;

/// <summary>An image that a net gave another class than its own.</summary>
/// <param name="Confidence">The probability of the class that it was given.</param>
/// <param name="Batch">The index of its batch in the test.</param>
/// <param name="Item">Its index in the batch.</param>
/// <param name="Label">The class that it has.</param>
/// <param name="Predicted">The class that it was given.</param>
/// <param name="Channels">The image's channels, 1 or 3.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Width">Its columns.</param>
internal readonly record struct FoundMistake(
    double Confidence, int Batch, int Item, int Label, int Predicted, int Channels, int Height, int Width)
{
    /// <summary>The number of the image's values.</summary>
    public int Size => Channels * Height * Width;
}
