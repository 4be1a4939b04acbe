namespace Cnn.Fillers;

/// <summary>
/// Runs the parts of a large fill, on the program's compute threads or one after the other. The values do not depend on
/// the runner.
/// </summary>
public interface IPartRunner
{
    /// <summary>
    /// Calls <paramref name="part"/> for 0 to <paramref name="count"/> - 1, in any order, possibly concurrently.
    /// </summary>
    /// <param name="count">The number of parts.</param>
    /// <param name="part">Runs the part of the given index.</param>
    void Run(int count, Action<int> part);
}
