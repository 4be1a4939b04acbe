namespace Cnn.Fillers;

/// <summary>Runs parts one after the other on the calling thread.</summary>
internal sealed class PartsInOrder : IPartRunner
{
    /// <summary>It holds nothing, so one serves all.</summary>
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
