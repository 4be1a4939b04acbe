namespace Cnn.Runner.Reports;

/// <summary>Writes spans of time for people.</summary>
internal static class TimeText
{
    /// <summary>Returns <c>0:41</c>, <c>12:05</c> or <c>100:00:00</c>.</summary>
    public static string Clock(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(long)time.TotalHours}:{time:mm\\:ss}" : $"{time:m\\:ss}";
}
