namespace Cnn.Engine.Classification;

/// <summary>A class and the value that a net gives it.</summary>
/// <param name="Label">The number of the class, from 0.</param>
/// <param name="Probability">The value; a probability where the net ends in a Softmax.</param>
public readonly record struct ClassScore(int Label, float Probability);
