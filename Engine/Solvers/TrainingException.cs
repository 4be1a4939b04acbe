namespace Cnn.Engine.Solvers;

/// <summary>A run cannot continue: the loss is not finite, or a snapshot could not be written.</summary>
public sealed class TrainingException(string message, Exception? inner = null) : Exception(message, inner);
