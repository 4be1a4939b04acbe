namespace Cnn.Engine.Distributed;

/// <summary>What may be done in a group or alone.</summary>
internal static class ProcessGroupExtensions
{
    /// <summary>
    /// Does something in every process of a group, see <see cref="ProcessGroup.Together{T}"/>, or in this process alone
    /// where there is no group.
    /// </summary>
    public static T TogetherOrAlone<T>(this ProcessGroup? processes, Func<T> action) =>
        processes is null ? action() : processes.Together(action);

    /// <summary>Does something in every process of a group, or alone; see the other overload.</summary>
    public static void TogetherOrAlone(this ProcessGroup? processes, Action action)
    {
        if (processes is null)
        {
            action();
        }
        else
        {
            processes.Together(action);
        }
    }
}
