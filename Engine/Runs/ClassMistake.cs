namespace Cnn.Engine.Runs;

/// <summary>An image that a test classified wrongly.</summary>
/// <param name="Label">The class it has.</param>
/// <param name="Predicted">The class it was given.</param>
/// <param name="Confidence">The probability of the wrong class, from 0 to 1; NaN when the scores are none.</param>
/// <param name="Image">The image as the net saw it, stretched to the range of grey levels.</param>
public sealed record ClassMistake(int Label, int Predicted, double Confidence, RunImage Image);
