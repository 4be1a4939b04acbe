namespace Cnn.Fillers;

/// <summary>
/// Runs the parts of a large filling, on the threads that a program computes with or one after the other. The values do
/// not depend on which.
/// </summary>
public interface IPartRunner
{
    /// <summary>
    /// Calls <paramref name="part"/> for 0 to <paramref name="count"/> - 1, in any order, perhaps at the same time.
    /// </summary>
    /// <param name="count">How many parts.</param>
    /// <param name="part">Does one.</param>
    void Run(int count, Action<int> part);
}
