namespace Cnn.Fillers;

/// <summary>Runs parts one after the other on the calling thread.</summary>
internal sealed class PartsInOrder : IPartRunner
{
    /// <summary>The shared instance, which has no state.</summary>
    public static readonly PartsInOrder Instance = new();

    private PartsInOrder()
    {
    }

    /// <inheritdoc/>
    public void Run(int count, Action<int> part)
    {
        for (int i = 0; i < count; i++)
        {
            part(i);
        }
    }
}
